#if Secrets
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraSecrets

@Suite struct `AWS metadata endpoint` {
    /// Threat B1. The IPv6 addresses are not link-local, so the environment's proxy would be asked for them.
    @Test(arguments: ["http://169.254.169.254", "http://[fd00:ec2::254]"])
    func `no proxy is told the token of a machine`(url: String) throws {
        let runtime = Runtime.system
        let search = AWSCredentialSearch(
            deadline: runtime.now().advanced(by: .seconds(5)), runtime: runtime, transport: MockTransport())
        let endpoint = try AWSMetadataEndpoint.checked(url, .instance, namedBy: "TEST")
        let session = try AWSMetadataEndpoint.session(endpoint, search, timeout: .seconds(1), attempts: 1)
        guard case .none = session.configuration.proxy else {
            Issue.record("\(url) goes through \(session.configuration.proxy)")
            return
        }
    }
}
#endif
