using System.Buffers.Binary;

namespace Trainyard.Agent.Sandboxes;

/// <summary>
/// The filter program that the kernel runs before each system call of a command, in bubblewrap's format: an array of
/// <c>struct sock_filter</c>. A denied call fails with EPERM; it never kills the process.
/// </summary>
internal sealed class SeccompFilter
{
    private const ushort Load = 0x20;
    private const ushort IfEqual = 0x15;
    private const ushort IfAtLeast = 0x35;
    private const ushort IfAnyBit = 0x45;
    private const ushort Return = 0x06;

    private const uint Allow = 0x7FFF0000;
    private const uint NotPermitted = 0x00050001;
    private const uint NotImplemented = 0x00050026;

    private const uint NumberField = 0;
    private const uint ArchitectureField = 4;
    private const uint FirstArgument = 16;
    private const uint SecondArgument = 24;

    /// <summary>The flag of x32 system calls: their numbers would bypass a 64-bit filter.</summary>
    private const uint X32 = 0x40000000;

    /// <summary>CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.</summary>
    private const uint Namespaces = 0x7E020000;

    /// <summary>CLONE_NEWTIME, for <c>unshare</c> only: in <c>clone</c> this bit belongs to the signal.</summary>
    private const uint TimeNamespace = 0x80;

    private const uint PushInput = 0x5412;
    private const uint ConsoleControl = 0x541C;

    private readonly List<byte> _program = [];

    private SeccompFilter() { }

    public static byte[] Build(SyscallTable calls)
    {
        var filter = new SeccompFilter();
        filter.RefuseOtherArchitectures(calls);
        foreach (var number in calls.Denied.Values.Order())
        {
            filter.Refuse(number, NotPermitted);
        }
        // The flags of clone3 are behind a pointer, which a filter cannot follow; libraries fall back to clone.
        filter.Refuse(SyscallTable.Clone3, NotImplemented);
        filter.RefuseWithBits(calls.Clone, Namespaces);
        filter.RefuseWithBits(calls.Unshare, Namespaces | TimeNamespace);
        filter.RefuseTerminalInput(calls);
        filter.Add(Return, Allow);
        return [.. filter._program];
    }

    private void RefuseOtherArchitectures(SyscallTable calls)
    {
        Add(Load, ArchitectureField);
        Add(IfEqual, calls.Architecture, whenTrue: 1);
        Add(Return, NotPermitted);
        Add(Load, NumberField);
        Add(IfAtLeast, X32, whenFalse: 1);
        Add(Return, NotImplemented);
    }

    private void Refuse(uint number, uint answer)
    {
        Add(IfEqual, number, whenFalse: 1);
        Add(Return, answer);
    }

    private void RefuseWithBits(uint number, uint bits)
    {
        Add(IfEqual, number, whenFalse: 4);
        Add(Load, FirstArgument);
        Add(IfAnyBit, bits, whenFalse: 1);
        Add(Return, NotPermitted);
        Add(Return, Allow);
    }

    private void RefuseTerminalInput(SyscallTable calls)
    {
        Add(IfEqual, calls.Ioctl, whenFalse: 5);
        Add(Load, SecondArgument);
        Add(IfEqual, PushInput, whenTrue: 1);
        Add(IfEqual, ConsoleControl, whenFalse: 1);
        Add(Return, NotPermitted);
        Add(Return, Allow);
    }

    private void Add(ushort code, uint value, byte whenTrue = 0, byte whenFalse = 0)
    {
        Span<byte> instruction = stackalloc byte[8];
        BinaryPrimitives.WriteUInt16LittleEndian(instruction, code);
        instruction[2] = whenTrue;
        instruction[3] = whenFalse;
        BinaryPrimitives.WriteUInt32LittleEndian(instruction[4..], value);
        _program.AddRange(instruction);
    }
}
