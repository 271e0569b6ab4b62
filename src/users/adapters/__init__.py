"""How the service reaches AWS: each module translates one service, and its errors, once."""
