"""What stands behind ./dev: the environment, the embedded servers, the front end, the supervisor."""
