using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Microsoft.DurableTask;

namespace Trainyard.Runtime.Engine.History;

/// <summary>The primitives of the history's binary form: varints, and UTF-8 with its length (0 is null).</summary>
internal sealed class HistoryWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    public void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Count(int value) => Number((uint)value);

    public void Number(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    public void Time(DateTime value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(8), value.Ticks);
        _buffer.Advance(8);
    }

    public void Text(string? value)
    {
        if (value is null)
        {
            Number(0);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(value);
        Number((ulong)length + 1);
        _buffer.Advance(Encoding.UTF8.GetBytes(value, _buffer.GetSpan(length)));
    }

    public void Failure(TaskFailureDetails? failure)
    {
        Bool(failure is not null);
        if (failure is not null)
        {
            Text(failure.ErrorType);
            Text(failure.ErrorMessage);
            Text(failure.StackTrace);
            Failure(failure.InnerFailure);
        }
    }

    public void Tags(IReadOnlyDictionary<string, string> tags)
    {
        Count(tags.Count);
        foreach (var (key, value) in tags)
        {
            Text(key);
            Text(value);
        }
    }
}
