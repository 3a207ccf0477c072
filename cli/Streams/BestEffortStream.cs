namespace Trainyard.Cli.Streams;

/// <summary>Standard error: where it takes nothing, there is no place left to say so.</summary>
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
            // The exit code still tells how it went.
        }
    }
}
