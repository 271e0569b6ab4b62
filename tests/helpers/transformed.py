"""Writes a template as the SAM transform expands it. The environment of SAM CLI runs this."""

import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

text = re.sub(r"(Code|Content)Uri: .*", r"\1Uri: s3://bucket/key", Path(sys.argv[1]).read_text("utf-8"))
json.dump(transform(yaml_parse(text), {}, SimpleNamespace(load=dict)), sys.stdout)
