public import NIOCore

/// A status and the whole body.
public struct BareResponse: Sendable {
    public let status: Int
    public let body: ByteBuffer
}
