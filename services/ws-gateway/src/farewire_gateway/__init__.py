"""The gateway: websockets over ASGI, fanned out in process from one channel of the channel layer."""
