public import TesseraCore

extension Secret {
    /// A secret of a literal, for tests. Outside tests it does not compile to write one down.
    public static func fixture(_ value: String) -> Secret {
        Secret(value)
    }
}
