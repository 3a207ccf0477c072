using System.Buffers;
using System.Text;
using System.Threading.Channels;

namespace Trainyard.Agent.Metrics;

/// <summary>
/// Splits a command's output into lines for its readers, without ever delaying the log: output that arrives faster
/// than it is read is left out.
/// </summary>
/// <param name="take">Gets each line without its end; a carriage return also ends a line.</param>
internal sealed class OutputLines(Action<string> take)
{
    private const int MostPieces = 256;
    private const int LongestLine = 64 * 1024;

    private readonly Channel<byte[]> _pieces = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MostPieces) { SingleReader = true }
    );

    private readonly ArrayBufferWriter<byte> _line = new(256);
    private bool _isAfterReturn;

    /// <summary>Whether output was left out.</summary>
    public bool FellBehind { get; private set; }

    /// <summary>Queues a piece of output.</summary>
    public void Hear(ReadOnlyMemory<byte> piece) => FellBehind |= !_pieces.Writer.TryWrite(piece.ToArray());

    /// <summary>Marks the end of the output.</summary>
    public void Complete() => _pieces.Writer.TryComplete();

    /// <summary>Completes when all queued output has been read.</summary>
    public async Task RunAsync()
    {
        await foreach (var piece in _pieces.Reader.ReadAllAsync())
        {
            Read(piece);
        }
        if (_line.WrittenCount > 0)
        {
            TakeLine();
        }
    }

    /// <summary>Reads whole lines directly.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        while (piece.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end)
        {
            Gather(piece[..end]);
            // A carriage return and line feed together end one line.
            if (_line.WrittenCount > 0 || !_isAfterReturn || piece[end] == '\r')
            {
                TakeLine();
            }
            _isAfterReturn = piece[end] == '\r';
            piece = piece[(end + 1)..];
        }
        Gather(piece);
    }

    // The rest of a very long line cannot contain metrics.
    private void Gather(ReadOnlySpan<byte> part)
    {
        _isAfterReturn &= part.IsEmpty;
        _line.Write(part[..Math.Min(part.Length, LongestLine - _line.WrittenCount)]);
    }

    private void TakeLine()
    {
        take(Encoding.UTF8.GetString(_line.WrittenSpan));
        _line.ResetWrittenCount();
    }
}
