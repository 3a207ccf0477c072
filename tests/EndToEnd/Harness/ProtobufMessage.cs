using System.Text;

namespace Trainyard.EndToEnd.Harness;

/// <summary>The fields of a protobuf message that are strings, bytes or messages, without a schema.</summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private readonly List<(int Field, byte[] Value)> _fields = [];

    public ProtobufMessage(byte[] bytes)
    {
        var rest = bytes.AsSpan();
        while (!rest.IsEmpty)
        {
            var tag = ReadVarint(ref rest);
            switch ((int)(tag & 7))
            {
                case Varint:
                    ReadVarint(ref rest);
                    break;
                case Fixed64:
                    rest = rest[8..];
                    break;
                case LengthDelimited:
                    var length = (int)ReadVarint(ref rest);
                    _fields.Add(((int)(tag >> 3), rest[..length].ToArray()));
                    rest = rest[length..];
                    break;
                case Fixed32:
                    rest = rest[4..];
                    break;
                default:
                    throw new InvalidDataException($"{tag & 7} is no wire type.");
            }
        }
    }

    public IEnumerable<ProtobufMessage> Messages(int field) =>
        _fields.Where(f => f.Field == field).Select(f => new ProtobufMessage(f.Value));

    public byte[] Bytes(int field) => _fields.Single(f => f.Field == field).Value;

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    private static ulong ReadVarint(ref Span<byte> rest)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = rest[0];
            rest = rest[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
