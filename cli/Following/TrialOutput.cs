using System.Buffers;
using System.Text;

namespace Trainyard.Cli.Following;

/// <summary>How much of a training run's output was printed: whole lines, and at its end the rest.</summary>
internal sealed class TrialOutput
{
    private const int LongestLine = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _rest = new();

    /// <summary>The first byte that was not read.</summary>
    public long Offset { get; private set; }

    public bool IsDone { get; set; }

    /// <summary>The lines that this piece completes; a very long line is cut.</summary>
    public IEnumerable<string> Take(byte[] piece)
    {
        Offset += piece.Length;
        for (var at = 0; at < piece.Length; )
        {
            var end = Array.IndexOf(piece, (byte)'\n', at);
            var until = end < 0 ? piece.Length : end;
            _rest.Write(piece.AsSpan(at, until - at));
            at = until + 1;
            if (end >= 0 || _rest.WrittenCount > LongestLine)
            {
                yield return Flush();
            }
        }
    }

    /// <summary>The rest of the output, which has no line end.</summary>
    public IEnumerable<string> End()
    {
        IsDone = true;
        if (_rest.WrittenCount > 0)
        {
            yield return Flush();
        }
    }

    private string Flush()
    {
        var line = Encoding.UTF8.GetString(_rest.WrittenSpan).TrimEnd('\r');
        _rest.ResetWrittenCount();
        return line;
    }
}
