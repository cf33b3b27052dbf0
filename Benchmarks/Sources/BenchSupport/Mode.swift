/// One way of making the requests. A new mode is a file in `Modes/` and a line in `Modes.all`.
package protocol Mode: SendableMetatype {
    static var name: String { get }

    /// Connects, so that the first request that counts finds everything open.
    init(_ plan: Plan) throws

    /// Makes `requests` requests, returns when all are answered, and says how many were not a 200.
    func run(_ requests: Int) throws -> Int

    func shutdown() throws
}
