using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trainyard.Runtime.Triggers.Hosting;
using Trainyard.Runtime.Triggers.Settings;
using Trainyard.Runtime.Triggers.State;

namespace Trainyard.Runtime.Tests.Triggers;

public sealed class HostTests : IDisposable
{
    private readonly TestHome _home = new();

    [Fact]
    public async Task The_address_is_in_the_state_folder_while_the_service_listens()
    {
        var file = Path.Combine(_home.Path, "service.json");
        await using (var app = await TestApp.StartAsync(_home, _ => { }))
        {
            using var service = JsonDocument.Parse(await File.ReadAllBytesAsync(file));
            Assert.Equal(app.Client.BaseAddress, new Uri(service.RootElement.GetProperty("url").GetString()!));
            Assert.Equal(Environment.ProcessId, service.RootElement.GetProperty("pid").GetInt32());
            Assert.Equal("127.0.0.1", app.Client.BaseAddress!.Host);
        }

        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Only_the_owner_can_read_the_state_folder_and_the_key()
    {
        await using var app = await TestApp.StartAsync(_home, _ => { });
        _ = app.Services.GetRequiredService<HostKey>();

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal("rwx------", Mode(_home.Path));
            Assert.Equal("rw-------", Mode(Path.Combine(_home.Path, "host.key")));
            Assert.Equal("rw-------", Mode(Path.Combine(_home.Path, "service.json")));
        }
    }

    [Fact]
    public async Task The_key_stays_the_same_over_restarts()
    {
        await (await TestApp.StartAsync(_home, _ => { })).DisposeAsync();
        var key = await File.ReadAllTextAsync(Path.Combine(_home.Path, "host.key"));
        await using var app = await TestApp.StartAsync(_home, _ => { });

        Assert.True(app.Services.GetRequiredService<HostKey>().Matches(key));
    }

    [Fact]
    public async Task A_second_service_on_the_same_folder_is_told_so()
    {
        await using var app = await TestApp.StartAsync(_home, _ => { });

        var failure = await Assert.ThrowsAsync<HostStartException>(() => TestApp.StartAsync(_home, _ => { }));

        Assert.Contains("Another service already runs on the state folder", failure.Message);
        Assert.True(File.Exists(Path.Combine(_home.Path, "service.json")));
    }

    [Fact]
    public async Task A_port_in_use_is_told_so()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        using var host = TestApp.Build(_home, settings => settings with { Port = port }, _ => { });
        var failure = await Assert.ThrowsAsync<HostStartException>(() => host.StartAsync());

        Assert.Contains($"Port {port} is used by another program", failure.Message);
    }

    [Fact]
    public async Task Settings_come_from_the_state_folder_and_the_environment_wins()
    {
        var name = $"Trigger{Guid.NewGuid():N}";
        Directory.CreateDirectory(_home.Path);
        await File.WriteAllTextAsync(
            Path.Combine(_home.Path, "appsettings.json"),
            $$"""{ "{{name}}": { "FromFile": "file", "FromBoth": "file" } }"""
        );
        Environment.SetEnvironmentVariable($"{name}__FromBoth", "environment");

        var builder = new EmbeddedApplicationBuilder(_home.Settings());

        Assert.Equal("file", builder.Configuration[$"{name}:FromFile"]);
        Assert.Equal("environment", builder.Configuration[$"{name}:FromBoth"]);
        Assert.Equal(_home.Path, builder.Configuration["TRAINYARD_HOME"]);
    }

    [Fact]
    public async Task Settings_that_are_not_json_are_told_so()
    {
        Directory.CreateDirectory(_home.Path);
        await File.WriteAllTextAsync(Path.Combine(_home.Path, "appsettings.json"), "{ no");

        var failure = Assert.Throws<HostStartException>(() => new EmbeddedApplicationBuilder(_home.Settings()));

        Assert.Contains("appsettings.json is not valid JSON", failure.Message);
    }

    [Fact]
    public void A_host_json_that_is_not_valid_is_told_so()
    {
        using var home = new TestHome("{ \"extensions\": 3 }");

        var failure = Assert.Throws<HostStartException>(() => new EmbeddedApplicationBuilder(home.Settings()));

        Assert.Contains("host.json is not a valid host.json", failure.Message);
    }

    [Theory]
    [InlineData("--port", "8080", 8080)]
    [InlineData("--port=0", "", 0)]
    [InlineData("--other", "8080", null)]
    public void The_port_is_an_argument(string first, string second, int? expected) =>
        Assert.Equal(expected, CommandLine.PortIn([first, second]));

    [Theory]
    [InlineData("--port")]
    [InlineData("--port", "70000")]
    [InlineData("--port=-1")]
    public void A_port_that_is_none_is_refused(params string[] args) =>
        Assert.Throws<HostStartException>(() => CommandLine.PortIn(args));

    [Fact]
    public void An_application_is_built_once()
    {
        var builder = new EmbeddedApplicationBuilder(_home.Settings());
        using var host = builder.Build();

        Assert.Throws<InvalidOperationException>(() => builder.Build());
        Assert.Throws<InvalidOperationException>(() => builder.Use(next => next));
    }

    public void Dispose() => _home.Dispose();

    private static string Mode(string path)
    {
        var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);
        return string.Concat(
            "rwxrwxrwx".Select((letter, i) => mode.HasFlag((UnixFileMode)(1 << (8 - i))) ? letter : '-')
        );
    }
}
