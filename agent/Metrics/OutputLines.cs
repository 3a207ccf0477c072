using System.Buffers;
using System.Text;
using System.Threading.Channels;

namespace Trainyard.Agent.Metrics;

/// <summary>
/// The lines of what a command prints, for those who read them, beside the log and never in its way: pieces that come faster than
/// lines are read are left out.
/// </summary>
/// <param name="take">Takes each line, without its end; a carriage return ends one too.</param>
internal sealed class OutputLines(Action<string> take)
{
    private const int MostPieces = 256;
    private const int LongestLine = 64 * 1024;

    private readonly Channel<byte[]> _pieces = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MostPieces) { SingleReader = true }
    );

    private readonly ArrayBufferWriter<byte> _line = new(256);
    private bool _isAfterReturn;

    /// <summary>Whether something was left out.</summary>
    public bool FellBehind { get; private set; }

    /// <summary>The command printed this.</summary>
    public void Hear(ReadOnlyMemory<byte> piece) => FellBehind |= !_pieces.Writer.TryWrite(piece.ToArray());

    /// <summary>Nothing more is printed.</summary>
    public void Complete() => _pieces.Writer.TryComplete();

    /// <summary>Ends when all that was printed is read.</summary>
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

    /// <summary>Takes whole lines at once.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        while (piece.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end)
        {
            Gather(piece[..end]);
            // Both of a pair are one line's end.
            if (_line.WrittenCount > 0 || !_isAfterReturn || piece[end] == '\r')
            {
                TakeLine();
            }
            _isAfterReturn = piece[end] == '\r';
            piece = piece[(end + 1)..];
        }
        Gather(piece);
    }

    // The rest of a very long line holds no metrics.
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
