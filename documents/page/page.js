// Shows openapi.json, which lies beside this page whatever the stage or the domain is called.
// The token stays in the memory of the page: nothing is kept where another script could find it.
window.addEventListener("DOMContentLoaded", () => {
  SwaggerUIBundle({
    url: "openapi.json",
    domNode: document.getElementById("api"),
    deepLinking: true,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    persistAuthorization: false,
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
  });
});
