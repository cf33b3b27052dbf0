/// What users import: the core, and with the trait `AsyncHTTPClient` a default transport for sessions.
@_exported public import TesseraCore
