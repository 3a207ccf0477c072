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
        _service = await Service.Start();
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
        var id = await _service.Bx.Train(
            _model.Folder,
            _model.Manifest($"echo a line; python3 gate.py {_gate.Port} training; echo the end")
        );
        using var held = await _gate.Arrival();
        using var client = _service.Client();
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(proxy.Address, $"v3/models/{id}/logs?follow=true")
        );
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        using var deadline = new CancellationTokenSource(ComesWithin);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(deadline.Token));

        // The command is held: a proxy that gathers would give nothing before the deadline.
        while (await reader.ReadLineAsync(deadline.Token) != line) { }

        await held.LetGo();
        Assert.Contains("the end", await reader.ReadToEndAsync(deadline.Token));
    }
}
