using System.Runtime.InteropServices;

namespace Trainyard.Cli.Streams;

/// <summary>
/// Writes to a descriptor and says what goes wrong: .NET's own stream of standard output keeps quiet about a reader that
/// has gone.
/// </summary>
internal sealed class DescriptorStream(int descriptor) : WriteOnlyStream
{
    private const int Forever = -1;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            var written = Native.Write(descriptor, buffer);
            if (written >= 0)
            {
                buffer = buffer[(int)written..];
            }
            else
            {
                WaitOrFail(Marshal.GetLastPInvokeError());
            }
        }
    }

    private void WaitOrFail(int error)
    {
        if (error == Native.BrokenPipe)
        {
            throw new OutputClosedException();
        }
        // Whoever gave us this descriptor may have made it one that does not wait.
        if (error == Native.TryAgain)
        {
            Native.Poll(descriptor, Native.CanWrite, Forever);
        }
        else if (error != Native.Interrupted)
        {
            throw new OutputFailedException(Marshal.GetPInvokeErrorMessage(error));
        }
    }
}
