using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Trainyard.Benchmarks.Following;

/// <summary>One client that follows a run's log as events, as <c>bx</c> does.</summary>
internal static class Follower
{
    /// <param name="client">The service.</param>
    /// <param name="run">The run's path.</param>
    /// <param name="line">Takes each line, when it is read.</param>
    /// <returns>Characters of the log.</returns>
    public static async Task<long> ReadAsync(HttpClient client, string run, Action<string> line)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{run}/logs?follow=true&text=json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        var rest = "";
        long characters = 0;
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            if (item.EventType == "end")
            {
                break;
            }
            if (item.EventType != "text")
            {
                continue;
            }
            var text = JsonSerializer.Deserialize<string>(item.Data)!;
            characters += text.Length;
            var lines = (rest + text).Split('\n');
            rest = lines[^1];
            foreach (var one in lines[..^1])
            {
                line(one);
            }
        }
        return characters;
    }
}
