namespace Trainyard.Cli.Streams;

/// <summary>Standard error. Ignores failed writes, because there is no other place to report them.</summary>
internal sealed class BestEffortStream(Stream target) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        try
        {
            target.Write(buffer);
        }
        catch (IOException)
        {
            // The exit code still tells the outcome.
        }
    }
}
