/// What users import: the core, and with the trait `NIO` a default transport for sessions.
@_exported public import TesseraCore
