#if NIO
import NIOCore
import Testing

@testable import TesseraNIO

@Suite struct HTTP1ExchangeStateMachineTests {
    private static let soon = NIODeadline.uptimeNanoseconds(1000)

    private func streaming(_ length: Int?, continueBy: NIODeadline? = nil) -> HTTP1ExchangeStateMachine {
        HTTP1ExchangeStateMachine(streamsBody: true, streamedLength: length, continueBy: continueBy)
    }

    @Test func `an answer to a whole request leaves the connection usable`() {
        var machine = HTTP1ExchangeStateMachine(streamsBody: false, streamedLength: nil, continueBy: nil)
        machine.receivedHead(keepsAlive: true)
        #expect(!machine.isReusable)
        machine.receivedEnd()
        #expect(machine.isReusable)
    }

    @Test func `Connection close makes it unusable`() {
        var machine = HTTP1ExchangeStateMachine(streamsBody: false, streamedLength: nil, continueBy: nil)
        machine.receivedHead(keepsAlive: false)
        machine.receivedEnd()
        #expect(!machine.isReusable)
    }

    @Test func `an answer before the end of the body makes it unusable, and the rest unwanted`() {
        var machine = streaming(nil)
        let first = machine.piece(of: 3, isLast: false)
        #expect(first == .send)
        machine.receivedHead(keepsAlive: true)
        machine.receivedEnd()
        #expect(!machine.isReusable)
        let second = machine.piece(of: 3, isLast: false)
        #expect(second == .unwanted)
    }

    @Test func `a body that goes on after the head of the answer may end and keep the connection`() {
        var machine = streaming(4)
        machine.receivedHead(keepsAlive: true)
        let first = machine.piece(of: 4, isLast: false)
        #expect(first == .send)
        let second = machine.piece(of: 0, isLast: true)
        #expect(second == .send)
        machine.receivedEnd()
        #expect(machine.isReusable)
    }

    @Test(arguments: [(5, false), (3, true), (0, true)])
    func `a piece that breaks the announced length of 4 is refused`(count: Int, isLast: Bool) {
        var machine = streaming(4)
        let step = machine.piece(of: count, isLast: isLast)
        #expect(step == .wrongLength)
    }

    @Test func `a body waits for permission, and is sent when it comes`() {
        var machine = streaming(2, continueBy: Self.soon)
        let first = machine.piece(of: 2, isLast: false)
        #expect(first == .hold)
        let second = machine.informational(status: 103)
        #expect(second)
        #expect(machine.isWaitingForContinue)
        let third = machine.informational(status: 100)
        #expect(third)
        let fourth = machine.piece(of: 2, isLast: false)
        #expect(fourth == .send)
        let fifth = machine.piece(of: 0, isLast: true)
        #expect(fifth == .send)
    }

    @Test func `a final answer instead of permission makes the body unwanted`() {
        var machine = streaming(2, continueBy: Self.soon)
        machine.receivedHead(keepsAlive: true)
        let step = machine.piece(of: 2, isLast: false)
        #expect(step == .unwanted)
    }

    @Test func `informational answers without end are refused`() {
        var machine = streaming(nil)
        var accepted = 0
        while accepted < 1000, machine.informational(status: 103) { accepted += 1 }
        #expect(accepted == HTTP1ExchangeStateMachine.mostInformationalAnswers)
    }
}
#endif
