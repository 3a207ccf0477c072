using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trainyard.Contracts;

/// <summary>Times as the 2018 service wrote them: RFC 3339, UTC, milliseconds, <c>Z</c>. Reads any offset.</summary>
internal sealed class WireTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
}
