#if OAuth
import Foundation
import TesseraCore
import TesseraTesting
import Testing

/// Canaries through every public type of the symbol graph.
@Suite struct `Public types` {
    private struct Renderings {
        var value: Any

        var all: [String] {
            var dumped = ""
            dump(value, to: &dumped)
            var mirrored = ""
            collect(Mirror(reflecting: value), into: &mirrored, depth: 0)
            let json = (value as? any Encodable).map { encoded($0) } ?? ""
            return [String(describing: value), String(reflecting: value), "\(value)", dumped, mirrored, json]
        }

        private func encoded(_ value: any Encodable) -> String {
            (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        }

        private func collect(_ mirror: Mirror, into text: inout String, depth: Int) {
            guard depth < 8 else { return }
            for child in mirror.children {
                text += "\(child.label ?? "") \(child.value) "
                collect(Mirror(reflecting: child.value), into: &text, depth: depth + 1)
            }
        }
    }

    @Test func `no rendering of any of them shows a canary`() throws {
        let specimens = Specimens()
        for (name, values) in try specimens.all() {
            for value in values {
                for text in Renderings(value: value).all {
                    let leak = specimens.canary.leak(in: text)
                    #expect(leak == nil, "\(name) shows the canary")
                }
            }
        }
    }

    @Test func `a type that shows its secret is noticed`() {
        struct Careless { var token: String }
        let specimens = Specimens()
        let careless = specimens.canary.secret.withExposedBytes { Careless(token: String(decoding: $0, as: UTF8.self)) }
        #expect(Renderings(value: careless).all.contains { specimens.canary.leak(in: $0) != nil })
    }

    /// The modules that the package's traits leave something in.
    private static let modules: [String] = {
        var modules = ["TesseraCore", "TesseraJOSE", "TesseraOAuth", "TesseraTesting", "Tessera"]
        #if NIO
        modules.append("TesseraNIO")
        #endif
        #if AsyncHTTPClient
        modules.append("TesseraAsyncHTTPClient")
        #endif
        return modules
    }()

    @Test(arguments: modules)
    func `every public type of the symbol graph is listed`(module: String) async throws {
        let listed = Set(try Specimens().all().keys).union(Specimens.holdNoSecret)
        let found = try await SymbolGraph.load(module).publicTypes
        #expect(module == "Tessera" || !found.isEmpty)
        #expect(found.subtracting(listed).sorted() == [])
    }

    @Test func `no listed type has gone`() async throws {
        var found: Set<String> = []
        for module in Self.modules { found.formUnion(try await SymbolGraph.load(module).publicTypes) }
        let listed = Set(try Specimens().all().keys).union(Specimens.holdNoSecret)
        #if !AsyncHTTPClient
        found.insert("AsyncHTTPClientTransport")
        #endif
        #expect(listed.subtracting(found).sorted() == [])
    }
}
#endif
