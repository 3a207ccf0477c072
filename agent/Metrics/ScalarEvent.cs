using System.Buffers.Binary;
using Google.Protobuf;

namespace Trainyard.Agent.Metrics;

/// <summary>The scalars of one event, with its time and step.</summary>
internal sealed record ScalarEvent(double WallTime, long Step, IReadOnlyList<(string Tag, double Value)> Scalars)
{
    /// <summary>Null when the record is not an event.</summary>
    public static ScalarEvent? Parse(byte[] record)
    {
        try
        {
            return ReadEvent(new CodedInputStream(record));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static ScalarEvent ReadEvent(CodedInputStream input)
    {
        double wallTime = 0;
        long step = 0;
        var scalars = new List<(string, double)>();
        while (input.ReadTag() is not 0 and var tag)
        {
            switch (tag)
            {
                case Field.Fixed64 | (1 << Field.Shift):
                    wallTime = input.ReadDouble();
                    break;
                case Field.Varint | (2 << Field.Shift):
                    step = input.ReadInt64();
                    break;
                case Field.Bytes | (5 << Field.Shift):
                    ReadSummary(Inner(input), scalars);
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
        return new ScalarEvent(wallTime, step, scalars);
    }

    private static void ReadSummary(CodedInputStream input, List<(string, double)> scalars)
    {
        while (input.ReadTag() is not 0 and var tag)
        {
            if (tag is not (Field.Bytes | (1 << Field.Shift)))
            {
                input.SkipLastField();
            }
            else if (ReadValue(Inner(input)) is { } scalar)
            {
                scalars.Add(scalar);
            }
        }
    }

    private static (string, double)? ReadValue(CodedInputStream input)
    {
        string? name = null;
        double? value = null;
        while (input.ReadTag() is not 0 and var tag)
        {
            switch (tag)
            {
                case Field.Bytes | (1 << Field.Shift):
                    name = input.ReadString();
                    break;
                case Field.Fixed32 | (2 << Field.Shift):
                    value = input.ReadFloat();
                    break;
                case Field.Bytes | (8 << Field.Shift):
                    value = ReadTensor(Inner(input)) ?? value;
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
        return name is not null && value is { } number ? (name, number) : null;
    }

    // Since TensorFlow 2, a scalar is stored as a tensor with one number.
    private static double? ReadTensor(CodedInputStream input)
    {
        const int floatType = 1;
        const int doubleType = 2;
        var type = 0;
        byte[] content = [];
        while (input.ReadTag() is not 0 and var tag)
        {
            switch (tag)
            {
                case Field.Varint | (1 << Field.Shift):
                    type = input.ReadEnum();
                    break;
                // The bytes of the number, or a packed list with one number.
                case Field.Bytes | (4 << Field.Shift):
                case Field.Bytes | (5 << Field.Shift) when type == floatType:
                case Field.Bytes | (6 << Field.Shift) when type == doubleType:
                    content = input.ReadBytes().ToByteArray();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }
        return (type, content.Length) switch
        {
            (floatType, sizeof(float)) => BinaryPrimitives.ReadSingleLittleEndian(content),
            (doubleType, sizeof(double)) => BinaryPrimitives.ReadDoubleLittleEndian(content),
            _ => null,
        };
    }

    private static CodedInputStream Inner(CodedInputStream input) => new(input.ReadBytes().ToByteArray());

    private static class Field
    {
        public const int Shift = 3;
        public const uint Varint = 0;
        public const uint Fixed64 = 1;
        public const uint Bytes = 2;
        public const uint Fixed32 = 5;
    }
}
