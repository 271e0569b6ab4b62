"""The requests of the collection, in the order in which one would try the API. A new one is a line here."""

from generate.postman.scripts import (
    ASK_AGAIN,
    AUTHORIZE,
    BEFORE_ATTEMPT,
    FILL_IN_FORM,
    FIRST_ATTEMPT,
    NEW_USER,
    expect,
    expect_header,
    expect_media_type,
    expect_status,
    keep,
    keep_body,
    keep_header,
)
from generate.postman.steps import Elsewhere, Folder, Step

_JOHN = {"userId": "{{userId}}", "name": "John Doe", "email": "{{email}}"}
_JANE = {"name": "Jane Doe", "email": "{{email}}"}
_OTHER = {"name": "John Doe", "email": "other-{{email}}"}
_USER = {"userId": "{{userId}}"}
_OTHER_USER = {"userId": "{{otherUserId}}"}
_KEY = {"Idempotency-Key": "{{idempotencyKey}}"}
_THIS_VERSION, _OLD_VERSION = {"If-Match": "{{etag}}"}, {"If-Match": '"1"'}
_KEEP_ETAG = keep_header("etag", "ETag")
_PICTURE_TYPE = "image/png"

_TOKEN = Elsewhere(
    "Get a token",
    {
        "method": "POST",
        "description": "Client credentials. All other requests send the token.",
        "auth": {
            "type": "basic",
            "basic": [
                {"key": "username", "value": "{{clientId}}", "type": "string"},
                {"key": "password", "value": "{{clientSecret}}", "type": "string"},
            ],
        },
        "body": {
            "mode": "urlencoded",
            "urlencoded": [
                {"key": "grant_type", "value": "client_credentials", "type": "text"},
                {"key": "scope", "value": "users/read users/write", "type": "text"},
            ],
        },
        "url": "{{tokenUrl}}",
    },
    after=(AUTHORIZE,),
)

_UPLOAD = Elsewhere(
    "Upload the picture",
    {
        "method": "POST",
        "description": "To the bucket: the fields of the form, which are filled in, and then the picture. "
        "Choose any PNG, or make the folder `postman` your working directory in the settings of Postman.",
        "auth": {"type": "noauth"},
        "body": {"mode": "formdata", "formdata": [{"key": "file", "type": "file", "src": "avatar.png"}]},
        "url": "{{uploadUrl}}",
    },
    before=(FILL_IN_FORM, FIRST_ATTEMPT),
    after=(expect_status(204, "The bucket has it"),),
)

_SEE = Elsewhere(
    "See the thumbnail",
    {"method": "GET", "auth": {"type": "noauth"}, "url": "{{thumbnailUrl}}"},
    after=(expect_status(200, "The thumbnail"), expect_media_type("image/jpeg")),
)

FOLDERS = (
    Folder("Access", "The id and the secret of a client are in the environment.", (_TOKEN,)),
    Folder(
        "Open",
        "What takes no token.",
        (
            Step("Ask whether it runs", "get_health", token=False),
            Step("Get the description", "get_openapi", token=False),
            Step("Get the page", "get_docs", token=False),
            Step("Get a file of the page", "get_docs_asset", path={"asset": "page.js"}, token=False),
        ),
    ),
    Folder(
        "Create",
        "A new user each time, so that all this can be run again and again.",
        (
            Step(
                "Create a user",
                "create_user",
                201,
                body=_JOHN,
                before=(NEW_USER,),
                after=(expect("user.userId", "{{userId}}"), expect("user.version", 1)),
            ),
            Step("Create the same user", "create_user", 409, "user-exists", body=_JOHN),
            Step(
                "Create with a key",
                "create_user",
                201,
                headers=_KEY,
                body=_OTHER,
                after=(keep("otherUserId", "user.userId"),),
            ),
            Step(
                "Create with the key again",
                "create_user",
                201,
                headers=_KEY,
                body=_OTHER,
                after=(
                    expect("user.userId", "{{otherUserId}}"),
                    expect_header("Idempotency-Replayed", "true"),
                ),
            ),
            Step(
                "Create another with the key",
                "create_user",
                422,
                "idempotency-key-reused",
                headers=_KEY,
                body=_JANE,
            ),
        ),
    ),
    Folder(
        "Read",
        "One user by id, by version or by e-mail address, and pages of all.",
        (
            Step("Get the user", "get_user", path=_USER, after=(expect("email", "{{email}}"), _KEEP_ETAG)),
            Step(
                "Get the user if changed", "get_user", 304, path=_USER, headers={"If-None-Match": "{{etag}}"}
            ),
            Step("Find by id", "find_users", query=_USER, after=(expect("userId", "{{userId}}"),)),
            Step(
                "Find by e-mail address",
                "find_users",
                query={"email": "{{email}}"},
                after=(expect("users[0].userId", "{{userId}}"),),
            ),
            Step("List users", "find_users", query={"limit": "1"}, after=(keep("cursor", "nextCursor"),)),
            Step("List more users", "find_users", query={"limit": "1", "cursor": "{{cursor}}"}),
        ),
    ),
    Folder(
        "Change",
        "`If-Match` names the version that is to be changed: nobody else has changed it meanwhile.",
        (
            Step(
                "Replace",
                "replace_user",
                path=_USER,
                headers=_THIS_VERSION,
                body=_JANE,
                after=(expect("user.version", 2), _KEEP_ETAG),
            ),
            Step(
                "Replace an old version",
                "replace_user",
                412,
                "version-mismatch",
                path=_USER,
                headers=_OLD_VERSION,
                body=_JANE,
            ),
            Step(
                "Change the name",
                "update_user",
                path=_USER,
                headers=_THIS_VERSION,
                body={"name": "Jane Roe"},
                after=(expect("user.name", "Jane Roe"), expect("user.email", "{{email}}")),
            ),
            Step(
                "Replace by the body alone",
                "replace_user_named_in_body",
                body=_JOHN,
                after=(expect("user.name", "John Doe"), expect("user.version", 4)),
            ),
        ),
    ),
    Folder(
        "Avatar",
        "A form from the API, a picture to the bucket, and a moment later there are thumbnails.",
        (
            Step(
                "Get a form",
                "create_avatar_upload",
                201,
                path=_USER,
                body={"contentType": _PICTURE_TYPE},
                after=(keep_body("form"), keep("uploadUrl", "url")),
            ),
            _UPLOAD,
            Step(
                "Get the thumbnail",
                "get_avatar",
                302,
                path={**_USER, "size": "small"},
                before=(BEFORE_ATTEMPT,),
                again=(ASK_AGAIN,),
                after=(keep_header("thumbnailUrl", "Location"),),
            ),
            _SEE,
        ),
    ),
    Folder(
        "Errors",
        "What is wrong is said in a problem document (RFC 9457).",
        (
            Step(
                "Create without a name",
                "create_user",
                400,
                "validation",
                body={"email": "john"},
                after=(expect("errors[0].field", "name"), expect("errors[1].field", "email")),
            ),
            Step("List without a token", "find_users", 401, "unauthorized", token=False),
        ),
    ),
    Folder(
        "Delete",
        "Nothing stays behind.",
        (
            Step("Delete", "delete_user", path=_USER),
            Step("Get the deleted user", "get_user", 404, "user-not-found", path=_USER),
            Step("Delete by query", "delete_user_named_in_query", query=_OTHER_USER),
        ),
    ),
)
