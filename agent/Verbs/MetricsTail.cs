using System.Buffers;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Trainyard.Agent.Files;

namespace Trainyard.Agent.Verbs;

/// <summary>Receives whole lines of a file.</summary>
internal delegate void WholeLines(ReadOnlySpan<byte> lines);

/// <summary>
/// Follows a file that the command writes, and passes on its whole lines. A rewritten file is read from its beginning,
/// but lines that were passed on already are not passed on again.
/// </summary>
/// <param name="open">Opens the command's file; null while there is none.</param>
/// <param name="take">Receives the lines.</param>
/// <param name="time">The clock.</param>
/// <param name="tell">Gets a line for the run's owner.</param>
internal sealed class MetricsTail(Func<SafeFileHandle?> open, WholeLines take, TimeProvider time, Action<string> tell)
{
    private const int LongestLine = 256 * 1024;

    /// <summary>Takes about 20 MB of memory at most.</summary>
    private const int MostLines = 500_000;

    /// <summary>
    /// The number of last read bytes that are compared on the next look, because a rewritten file may be longer than
    /// the old one was.
    /// </summary>
    private const int ComparedBytes = 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly ForwardedLines _lines = new(MostLines);
    private byte[] _readLast = [];
    private long _position;
    private ulong _fileNumber;
    private bool _isInLongLine;
    private bool _hasGivenUp;

    /// <summary>Runs until the token is canceled, and looks once more then.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            Advance(atEnd: false);
            await Task.Delay(Interval, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        Advance(atEnd: true);
    }

    internal void Advance(bool atEnd)
    {
        using var file = _hasGivenUp ? null : open();
        if (file is null)
        {
            return;
        }
        var buffer = ArrayPool<byte>.Shared.Rent(ComparedBytes + LongestLine);
        try
        {
            if (!IsContinued(file, buffer))
            {
                BeginAnew();
            }
            _fileNumber = FileCalls.NumberOf(file);
            while (!_hasGivenUp && TakeNext(file, buffer, atEnd)) { }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool IsContinued(SafeFileHandle file, byte[] buffer) =>
        _position == 0
        || (FileCalls.NumberOf(file) == _fileNumber && TryRead(file, buffer.AsSpan(0, _readLast.Length), out _));

    private void BeginAnew()
    {
        _lines.BeginAnew();
        _position = 0;
        _readLast = [];
        _isInLongLine = false;
        _hasGivenUp = _lines.HasForgotten;
        if (_hasGivenUp)
        {
            var most = MostLines.ToString("N0", CultureInfo.InvariantCulture);
            tell(
                $"The metrics file was written anew after more than {most} different lines: it is followed no more, and stored as it is in the end."
            );
        }
    }

    /// <summary>Reads the last read bytes again, and the new bytes after them, in one read.</summary>
    /// <returns>False when the file was rewritten in between.</returns>
    private bool TryRead(SafeFileHandle file, Span<byte> buffer, out int fresh)
    {
        fresh = RandomAccess.Read(file, buffer, _position - _readLast.Length) - _readLast.Length;
        return fresh >= 0 && buffer[.._readLast.Length].SequenceEqual(_readLast);
    }

    /// <returns>Whether there may be more lines.</returns>
    private bool TakeNext(SafeFileHandle file, byte[] buffer, bool atEnd)
    {
        if (!TryRead(file, buffer.AsSpan(0, _readLast.Length + LongestLine), out var fresh))
        {
            // The next look finds the change and starts at the beginning of the file.
            return false;
        }
        var piece = buffer.AsSpan(_readLast.Length, fresh);
        var whole = piece.LastIndexOf((byte)'\n') + 1;
        if (whole == 0 && fresh < LongestLine)
        {
            TakeRest(atEnd ? piece : []);
            return false;
        }
        // Skips a line longer than the buffer: such a line is no metrics record.
        var passed = whole > 0 ? whole : fresh;
        if (whole > 0)
        {
            Forward(_isInLongLine ? piece[(piece.IndexOf((byte)'\n') + 1)..whole] : piece[..whole]);
        }
        _isInLongLine = whole == 0;
        Pass(buffer.AsSpan(0, _readLast.Length + passed), passed);
        return true;
    }

    private void Forward(ReadOnlySpan<byte> whole)
    {
        var from = 0;
        for (int at = 0, end; at < whole.Length; at = end)
        {
            end = at + whole[at..].IndexOf((byte)'\n') + 1;
            if (!_lines.IsNew(whole[at..(end - 1)]))
            {
                take(whole[from..at]);
                from = end;
            }
        }
        take(whole[from..]);
    }

    /// <summary>Takes a last line without a line end.</summary>
    private void TakeRest(ReadOnlySpan<byte> rest)
    {
        if (!rest.IsEmpty && !_isInLongLine)
        {
            Forward([.. rest, (byte)'\n']);
        }
        _position += rest.Length;
    }

    private void Pass(ReadOnlySpan<byte> read, int passed)
    {
        _readLast = read[^Math.Min(ComparedBytes, read.Length)..].ToArray();
        _position += passed;
    }
}
