using System.Net.Http.Headers;
using Trainyard.EndToEnd.Harness;

namespace Trainyard.EndToEnd;

/// <summary>A run that is followed through a reverse proxy which gathers answers unless told not to: a real nginx.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private static readonly TimeSpan ComesWithin = TimeSpan.FromSeconds(60);

    private readonly Model _model = new();
    private readonly Gate _gate = new();
    private Service _service = null!;

    public async Task InitializeAsync()
    {
        _service = await Service.Start(("Streams__KeepAliveInterval", "00:00:01"));
        _service.Bucket("data");
        _service.Bucket("results");
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        _gate.Dispose();
        _model.Dispose();
    }

    [RequiresNginxTheory]
    [InlineData("text/event-stream", "data: a line")]
    [InlineData("text/plain", "a line")]
    public async Task A_line_reaches_the_follower_while_the_command_runs(string accept, string line)
    {
        await using var proxy = await Nginx.Start(_service.Address);
        var id = await TrainAsync();
        using var held = await _gate.Arrival();
        using var client = _service.Client();
        using var deadline = new CancellationTokenSource(ComesWithin);
        using var reader = await FollowAsync(client, proxy, id, accept, deadline.Token);

        // The command is held: a proxy that gathers would give nothing before the deadline.
        while (await reader.ReadLineAsync(deadline.Token) != line) { }

        await held.LetGo();
        Assert.Contains("the end", await reader.ReadToEndAsync(deadline.Token));
    }

    [RequiresNginxFact]
    public async Task A_command_that_is_silent_for_longer_than_the_proxy_waits_is_followed_to_its_end()
    {
        // nginx's own 60 seconds stand to the 15 of the service as these 8 to 1, but for a machine that is busy.
        await using var proxy = await Nginx.Start(_service.Address, "proxy_read_timeout 8s;");
        var id = await TrainAsync();
        using var held = await _gate.Arrival();
        using var client = _service.Client();
        using var deadline = new CancellationTokenSource(ComesWithin);
        using var events = await FollowAsync(client, proxy, id, "text/event-stream", deadline.Token);
        using var text = await FollowAsync(client, proxy, id, "text/plain", deadline.Token);

        // Text has no room for a word that is no part of it: the proxy ends it, which nobody can take for its end.
        var cut = Assert.ThrowsAnyAsync<IOException>(() => text.ReadToEndAsync(deadline.Token));
        for (var silent = 0; silent < 9; )
        {
            silent += await events.ReadLineAsync(deadline.Token) == ": " ? 1 : 0;
        }
        await cut;
        await held.LetGo();

        Assert.Contains("the end", await events.ReadToEndAsync(deadline.Token));
    }

    private Task<string> TrainAsync() =>
        _service.Bx.Train(
            _model.Folder,
            _model.Manifest($"echo a line; python3 gate.py {_gate.Port} training; echo the end")
        );

    private static async Task<StreamReader> FollowAsync(
        HttpClient client,
        Nginx proxy,
        string id,
        string accept,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(proxy.Address, $"v3/models/{id}/logs?follow=true")
        );
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
    }
}
