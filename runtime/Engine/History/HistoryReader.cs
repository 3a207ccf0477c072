using System.Buffers.Binary;
using System.Text;
using Microsoft.DurableTask;

namespace Trainyard.Runtime.Engine.History;

/// <summary>Reads what <see cref="HistoryWriter"/> wrote.</summary>
internal ref struct HistoryReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _rest = data;

    public readonly bool AtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() != 0;

    public int Count() => checked((int)Number());

    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number in the history has no end.");
    }

    public DateTime Time() => new(BinaryPrimitives.ReadInt64LittleEndian(Take(8)), DateTimeKind.Utc);

    public string? Text()
    {
        var length = Count();
        return length == 0 ? null : Encoding.UTF8.GetString(Take(length - 1));
    }

    public string RequiredText() => Text() ?? throw new InvalidDataException("A name in the history is missing.");

    public TaskFailureDetails? Failure() =>
        Bool() ? new TaskFailureDetails(RequiredText(), RequiredText(), Text(), Failure(), null) : null;

    public Dictionary<string, string> Tags()
    {
        var count = Count();
        var tags = new Dictionary<string, string>(count);
        for (var i = 0; i < count; i++)
        {
            tags.Add(RequiredText(), RequiredText());
        }

        return tags;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new InvalidDataException("The history ends in the middle of a record.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
