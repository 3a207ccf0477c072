using System.Buffers.Binary;
using Trainyard.Agent.Sandboxes;

namespace Trainyard.Agent.Tests;

/// <summary>The filter, run as the kernel runs it, for both processors.</summary>
public sealed class SeccompFilterTests
{
    private const uint Allow = 0x7FFF0000;
    private const uint NotPermitted = 0x00050001;
    private const uint NotImplemented = 0x00050026;

    public static TheoryData<string> Processors => ["x64", "arm64"];

    [Theory]
    [MemberData(nameof(Processors))]
    public void Exactly_the_denied_calls_are_refused(string processor)
    {
        var calls = TableOf(processor);
        var denied = calls.Denied.Values.ToHashSet();

        foreach (var number in Enumerable.Range(0, 600).Select(n => (uint)n))
        {
            var expected =
                number == SyscallTable.Clone3 ? NotImplemented
                : denied.Contains(number) ? NotPermitted
                : Allow;
            Assert.Equal((number, expected), (number, Run(calls, number)));
        }
        Assert.Equal(calls.Denied.Count, denied.Count);
        Assert.Equal(NotImplemented, Run(calls, 0x40000000 | 39));
        Assert.Equal(NotPermitted, Run(calls, number: 39, architecture: 0x40000003));
    }

    [Theory]
    [MemberData(nameof(Processors))]
    public void New_namespaces_are_refused_and_threads_are_not(string processor)
    {
        var calls = TableOf(processor);
        const uint thread = 0x3D0F00;

        uint[] namespaces = [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000];
        Assert.All(namespaces, bit => Assert.Equal(NotPermitted, Run(calls, calls.Clone, first: bit | 17)));
        Assert.All(namespaces, bit => Assert.Equal(NotPermitted, Run(calls, calls.Unshare, first: bit)));
        Assert.Equal(NotPermitted, Run(calls, calls.Unshare, first: 0x80));
        Assert.Equal(Allow, Run(calls, calls.Unshare, first: 0x400));
        Assert.Equal(Allow, Run(calls, calls.Clone, first: thread));
        Assert.Equal(Allow, Run(calls, calls.Clone, first: 17));
    }

    [Theory]
    [MemberData(nameof(Processors))]
    public void A_terminal_s_input_cannot_be_forged(string processor)
    {
        var calls = TableOf(processor);

        Assert.Equal(NotPermitted, Run(calls, calls.Ioctl, second: 0x5412));
        Assert.Equal(NotPermitted, Run(calls, calls.Ioctl, second: 0x541C));
        Assert.Equal(Allow, Run(calls, calls.Ioctl, second: 0x5413));
    }

    private static SyscallTable TableOf(string processor) => processor == "x64" ? SyscallTable.X64 : SyscallTable.Arm64;

    private static uint Run(SyscallTable calls, uint number, uint first = 0, uint second = 0, uint? architecture = null)
    {
        var fields = new Dictionary<uint, uint>
        {
            [0] = number,
            [4] = architecture ?? calls.Architecture,
            [16] = first,
            [24] = second,
        };
        return Interpret(SeccompFilter.Build(calls), fields);
    }

    private static uint Interpret(ReadOnlySpan<byte> program, Dictionary<uint, uint> fields)
    {
        uint loaded = 0;
        for (var at = 0; ; at++)
        {
            var instruction = program.Slice(at * 8, 8);
            var value = BinaryPrimitives.ReadUInt32LittleEndian(instruction[4..]);
            switch (BinaryPrimitives.ReadUInt16LittleEndian(instruction))
            {
                case 0x20:
                    loaded = fields[value];
                    break;
                case 0x15:
                    at += instruction[loaded == value ? 2 : 3];
                    break;
                case 0x35:
                    at += instruction[loaded >= value ? 2 : 3];
                    break;
                case 0x45:
                    at += instruction[(loaded & value) != 0 ? 2 : 3];
                    break;
                case 0x06:
                    return value;
                default:
                    throw new InvalidOperationException($"Instruction {at} is none that the filter uses.");
            }
        }
    }
}
