using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Trainyard.Cli.Screen;

/// <summary>Prints JSON documents: what the service answered, as it answered it.</summary>
internal static class JsonScreen
{
    public static string Indented(JsonElement json) => Write(json, indented: true);

    public static string OneLine(JsonElement json) => Write(json, indented: false);

    /// <summary>Formats a remark as JSON, in another form than a failure.</summary>
    public static string Note(string sentence) =>
        Write(
            json =>
            {
                json.WriteStartObject();
                json.WriteString("note", sentence);
                json.WriteEndObject();
            },
            indented: false
        );

    /// <summary>A document built here.</summary>
    public static string Write(Action<Utf8JsonWriter> content, bool indented)
    {
        using var buffer = new MemoryStream();
        // Quotes and accents stay unescaped, because shell tools read this.
        var options = new JsonWriterOptions
        {
            Indented = indented,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            content(writer);
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static string Write(JsonElement json, bool indented) => Write(json.WriteTo, indented);
}
