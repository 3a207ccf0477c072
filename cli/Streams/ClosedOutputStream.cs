namespace Trainyard.Cli.Streams;

/// <summary>Standard output where the program was started without one.</summary>
internal sealed class ClosedOutputStream : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => throw new OutputFailedException("it is closed");
}
