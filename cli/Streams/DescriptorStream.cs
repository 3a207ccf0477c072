using System.Runtime.InteropServices;

namespace Trainyard.Cli.Streams;

/// <summary>
/// Writes to a descriptor and reports failures, because .NET's own standard output stream ignores a reader that has
/// gone.
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
        // The parent process may have set this descriptor to non-blocking mode.
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
