using Google.Protobuf;

namespace Trainyard.Agent.Tests.Metrics;

/// <summary>Writes event files as TensorBoard's writers do, byte by byte, with a checksum of its own.</summary>
internal static class EventFileWriter
{
    /// <summary>The record that each file begins with.</summary>
    public static byte[] Version => Record(Event(1_795_774_272.25, 0, version: "brain.Event:2"));

    public static byte[] Scalars(double wallTime, long step, params (string Tag, double Value)[] scalars) =>
        Record(Event(wallTime, step, summary: Summary(scalars, asTensor: false)));

    /// <summary>As TensorFlow 2 writes them.</summary>
    public static byte[] Tensors(double wallTime, long step, params (string Tag, double Value)[] scalars) =>
        Record(Event(wallTime, step, summary: Summary(scalars, asTensor: true)));

    public static byte[] Record(byte[] data)
    {
        var length = BitConverter.GetBytes((ulong)data.Length);
        return [.. length, .. BitConverter.GetBytes(Masked(length)), .. data, .. BitConverter.GetBytes(Masked(data))];
    }

    private static byte[] Event(double wallTime, long step, string? version = null, byte[]? summary = null) =>
        Message(output =>
        {
            output.WriteTag(1, WireFormat.WireType.Fixed64);
            output.WriteDouble(wallTime);
            // As of any number, 0 is not written.
            if (step != 0)
            {
                output.WriteTag(2, WireFormat.WireType.Varint);
                output.WriteInt64(step);
            }
            if (version is not null)
            {
                output.WriteTag(3, WireFormat.WireType.LengthDelimited);
                output.WriteString(version);
            }
            Write(output, 5, summary);
        });

    private static byte[] Summary((string Tag, double Value)[] scalars, bool asTensor) =>
        Message(output =>
        {
            foreach (var (tag, value) in scalars)
            {
                Write(output, 1, asTensor ? TensorValue(tag, value) : SimpleValue(tag, (float)value));
            }
        });

    private static byte[] SimpleValue(string tag, float value) =>
        Message(output =>
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteString(tag);
            output.WriteTag(2, WireFormat.WireType.Fixed32);
            output.WriteFloat(value);
        });

    private static byte[] TensorValue(string tag, double value) =>
        Message(output =>
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteString(tag);
            Write(
                output,
                8,
                Message(tensor =>
                {
                    tensor.WriteTag(1, WireFormat.WireType.Varint);
                    tensor.WriteEnum(2);
                    Write(tensor, 2, []);
                    Write(tensor, 4, BitConverter.GetBytes(value));
                })
            );
            Write(output, 9, []);
        });

    private static void Write(CodedOutputStream output, int field, byte[]? bytes)
    {
        if (bytes is not null)
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(bytes));
        }
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var buffer = new MemoryStream();
        using var output = new CodedOutputStream(buffer, leaveOpen: true);
        write(output);
        output.Flush();
        return buffer.ToArray();
    }

    private static uint Masked(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
            }
        }
        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
    }
}
