internal import NIOHPACK
internal import NIOHTTP1

/// A GET with a bearer token, encoded once for both protocols.
///
/// The headers are built before the first request and then shared, so that the
/// figures show the cost of the wire and not that of assembling a message.
package struct BareRequest: Sendable {
    let http1: HTTPRequestHead
    let http2: HPACKHeaders

    package init(scheme: String, authority: String, path: String, bearerToken: String) {
        let authorization = "Bearer \(bearerToken)"

        self.http1 = HTTPRequestHead(
            version: .http1_1,
            method: .GET,
            uri: path,
            headers: [
                "Host": authority,
                "Accept": "application/json",
                "Authorization": authorization,
            ]
        )

        var fields = HPACKHeaders()
        fields.add(name: ":method", value: "GET")
        fields.add(name: ":scheme", value: scheme)
        fields.add(name: ":authority", value: authority)
        fields.add(name: ":path", value: path)
        fields.add(name: "accept", value: "application/json")
        // A credential must not enter the peer's or a proxy's dynamic table.
        fields.add(name: "authorization", value: authorization, indexing: .neverIndexed)
        self.http2 = fields
    }
}
