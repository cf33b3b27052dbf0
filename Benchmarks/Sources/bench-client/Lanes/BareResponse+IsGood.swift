import BareNIO
import NIOCore

extension BareResponse {
    /// A 200 without its body would be a request not measured.
    var isGood: Bool { status == 200 && body.readableBytes > 0 }
}
