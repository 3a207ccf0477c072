using System.Text;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Tests;

public sealed class ExactTextTests
{
    [Fact]
    public async Task A_log_asked_for_exactly_keeps_its_carriage_returns_and_line_ends()
    {
        using var body = new MemoryStream();
        var writer = new EventWriter(body, EventWriter.Exact);

        await writer.WriteOutputAsync(" 10%"u8.ToArray(), 4, CancellationToken.None);
        await writer.WriteOutputAsync("\r 20%\r\n"u8.ToArray(), 11, CancellationToken.None);
        await writer.WriteOutputAsync("\n\"ä\"\n"u8.ToArray(), 17, CancellationToken.None);

        Assert.Equal(
            """
            event: text
            data: " 10%"
            id: 4

            event: text
            data: "\r 20%\r\n"
            id: 11

            event: text
            data: "\n\u0022\u00E4\u0022\n"
            id: 17


            """,
            Encoding.UTF8.GetString(body.ToArray())
        );
    }
}
