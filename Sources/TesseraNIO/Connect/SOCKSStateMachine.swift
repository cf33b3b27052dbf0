#if NIO && SOCKS
import TesseraCore

/// The client's side of SOCKS5 until the proxy has connected (RFC 1928, RFC 1929). A value without I/O.
struct SOCKSStateMachine {
    enum Step: Equatable {
        /// The message is not whole yet.
        case wait
        case send([UInt8])
        /// Everything from now on is between this side and the origin.
        case connected
        case fail(String)
    }

    private enum State {
        case choosingMethod
        case authenticating
        case requesting
        case over
    }

    private static let version: UInt8 = 5
    /// Of the negotiation by user and password (RFC 1929 §2).
    private static let subVersion: UInt8 = 1
    private static let noCredentials: UInt8 = 0
    private static let userAndPassword: UInt8 = 2
    private static let noneOfThem: UInt8 = 0xFF

    private let request: ConnectPlan.SOCKSRequest
    private var state = State.choosingMethod
    private var received: [UInt8] = []

    init(_ request: ConnectPlan.SOCKSRequest) {
        self.request = request
    }

    /// The greeting (RFC 1928 §3). Fails, before a byte is sent, for what SOCKS5 cannot carry.
    mutating func start() -> Step {
        if let authorization = request.authorization, authorization.subnegotiation == nil {
            return fail("the proxy's user and password must have 1 to 255 bytes each (RFC 1929 §2)")
        }
        guard request.command != nil else {
            return fail("the host's name is longer than the 255 bytes that SOCKS5 can carry (RFC 1928 §5)")
        }
        let methods = request.authorization == nil ? [Self.noCredentials] : [Self.noCredentials, Self.userAndPassword]
        return .send([Self.version, UInt8(truncatingIfNeeded: methods.count)] + methods)
    }

    /// Takes what the proxy sent, in any pieces.
    mutating func receive(_ bytes: [UInt8]) -> Step {
        guard state != .over else { return .wait }
        received += bytes
        guard received.first == (state == .authenticating ? Self.subVersion : Self.version) else {
            return received.isEmpty ? .wait : fail("what listens there does not speak SOCKS5")
        }
        guard received.count >= 2 else { return .wait }
        let answer = received[1]
        switch state {
        case .choosingMethod: return chosen(answer)
        case .authenticating: return authenticated(answer)
        case .requesting: return replied(answer)
        case .over: return .wait
        }
    }

    private mutating func chosen(_ method: UInt8) -> Step {
        switch method {
        case Self.noCredentials: return sendCommand()
        case Self.userAndPassword:
            guard let message = request.authorization?.subnegotiation else {
                return fail("the proxy chose a method that was not offered")
            }
            return send(message, .authenticating)
        case Self.noneOfThem where request.authorization == nil:
            return fail("the proxy wants credentials: put them into its URL")
        case Self.noneOfThem: return fail("the proxy wants another authentication than user and password")
        default: return fail("the proxy chose a method that was not offered")
        }
    }

    private mutating func authenticated(_ status: UInt8) -> Step {
        guard status == 0 else {
            return fail("the proxy did not accept the credentials: check user and password in its URL")
        }
        return sendCommand()
    }

    private mutating func sendCommand() -> Step {
        guard let command = request.command else { return fail("the host is not resolved") }
        return send(command, .requesting)
    }

    /// RFC 1928 §6. A refusal is believed before the rest of it is there: proxies close, and cut it.
    private mutating func replied(_ code: UInt8) -> Step {
        guard code == 0 else { return fail("the proxy did not connect: \(Self.meaning(of: code))") }
        guard received.count >= 5 else { return .wait }
        let addressLength: Int
        switch received[3] {
        case 1: addressLength = 4
        case 3: addressLength = 1 + Int(received[4])
        case 4: addressLength = 16
        default: return fail("the proxy's reply holds an address of an unknown type")
        }
        let length = 4 + addressLength + 2
        guard received.count >= length else { return .wait }
        // Nothing was sent through it yet, so nothing can have come through it.
        guard received.count == length else { return fail("the proxy sent bytes after its reply") }
        state = .over
        return .connected
    }

    private mutating func send(_ message: [UInt8], _ next: State) -> Step {
        guard received.count == 2 else { return fail("the proxy sent bytes that it was not asked for") }
        received = []
        state = next
        return .send(message)
    }

    private mutating func fail(_ message: String) -> Step {
        state = .over
        return .fail(message)
    }

    private static func meaning(of code: UInt8) -> String {
        switch code {
        case 1: "it failed"
        case 2: "its rules do not allow it"
        case 3: "no route to the network"
        case 4: "no route to the host"
        case 5: "connection refused"
        case 6: "no answer in time"
        case 7: "it does not know the command CONNECT"
        case 8: "it does not know this type of address"
        default: "reply \(code)"
        }
    }
}

extension ConnectPlan.SOCKSRequest {
    /// The command CONNECT (RFC 1928 §4); nil for a host that it cannot carry, or whose name is still to be looked up.
    fileprivate var command: [UInt8]? {
        let address: [UInt8]
        switch host {
        case .address(let literal): address = [literal.bytes.count == 4 ? 1 : 4] + literal.bytes
        case .name(let name):
            guard let length = UInt8(exactly: name.utf8.count), length > 0 else { return nil }
            address = [3, length] + Array(name.utf8)
        case .nameToResolve: return nil
        }
        return [5, 1, 0] + address + [UInt8(truncatingIfNeeded: port >> 8), UInt8(truncatingIfNeeded: port)]
    }
}

extension ProxyAuthorization {
    /// User and password as RFC 1929 §2 has them; nil where it cannot carry them.
    fileprivate var subnegotiation: [UInt8]? {
        password.withExposedBytes { password in
            guard let userLength = UInt8(exactly: user.utf8.count), userLength > 0,
                let passwordLength = UInt8(exactly: password.count), passwordLength > 0
            else { return nil }
            return [1, userLength] + Array(user.utf8) + [passwordLength] + Array(password)
        }
    }
}
#endif
