/// A request's body as a transport sends it.
public enum OutgoingBody: Sendable {
    /// No body.
    case none
    /// All bytes at once.
    case bytes([UInt8])
    /// A closure that writes the body; called once per attempt. `length` in bytes, where it is known.
    case stream(length: Int?, write: @Sendable (BodyWriter) async throws -> Void)
}

/// Takes the pieces of a streamed body.
public struct BodyWriter: Sendable {
    private let accept: @Sendable (ArraySlice<UInt8>) async throws -> Void

    /// A writer that hands each piece to `accept`, which returns when the next may come.
    public init(_ accept: @escaping @Sendable (ArraySlice<UInt8>) async throws -> Void) {
        self.accept = accept
    }

    /// Writes bytes; returns when the transport wants more (back-pressure).
    public func write(_ bytes: ArraySlice<UInt8>) async throws {
        try await accept(bytes)
    }

    /// Writes bytes.
    public func write(_ bytes: [UInt8]) async throws {
        try await accept(bytes[...])
    }

    /// Writes the UTF-8 bytes of a string.
    public func write(_ text: some StringProtocol) async throws {
        try await accept(Array(text.utf8)[...])
    }
}
