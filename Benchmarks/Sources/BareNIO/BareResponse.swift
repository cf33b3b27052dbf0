package import NIOCore

/// A status and the whole body.
package struct BareResponse: Sendable {
    package let status: Int
    package let body: ByteBuffer
}
