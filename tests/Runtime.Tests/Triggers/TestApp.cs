using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Triggers.Hosting;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Tests.Triggers;

/// <summary>A whole embedded host on a free port with the functions of chosen classes.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly TestHome _home;
    private readonly bool _ownsHome;
    private readonly IHost _host;

    private TestApp(TestHome home, bool ownsHome, IHost host)
    {
        _home = home;
        _ownsHome = ownsHome;
        _host = host;
        Logs = host.Services.GetRequiredService<LogRecorder>();
    }

    public string Home => _home.Path;

    public IServiceProvider Services => _host.Services;

    public LogRecorder Logs { get; }

    public HttpClient Client { get; private set; } = null!;

    public static Task<TestApp> StartAsync(params Type[] functions) => StartAsync(_ => { }, functions);

    public static Task<TestApp> StartAsync(Action<EmbeddedApplicationBuilder> configure, params Type[] functions) =>
        StartAsync(new TestHome(), ownsHome: true, settings => settings, configure, functions);

    public static Task<TestApp> StartAsync(
        TestHome home,
        Action<EmbeddedApplicationBuilder> configure,
        params Type[] functions
    ) => StartAsync(home, ownsHome: false, settings => settings, configure, functions);

    public static async Task<TestApp> StartAsync(
        TestHome home,
        bool ownsHome,
        Func<EmbeddedHostSettings, EmbeddedHostSettings> change,
        Action<EmbeddedApplicationBuilder> configure,
        params Type[] functions
    )
    {
        var app = new TestApp(home, ownsHome, Build(home, change, configure, functions));
        await app._host.StartAsync();
        app.Client = new HttpClient { BaseAddress = new Uri(app.Url) };
        return app;
    }

    public static IHost Build(
        TestHome home,
        Func<EmbeddedHostSettings, EmbeddedHostSettings> change,
        Action<EmbeddedApplicationBuilder> configure,
        params Type[] functions
    )
    {
        var builder = new EmbeddedApplicationBuilder(change(home.Settings(functions)));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<LogRecorder>();
        builder.Services.AddSingleton<ILoggerProvider>(services => services.GetRequiredService<LogRecorder>());
        configure(builder);
        return builder.Build();
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        if (_ownsHome)
        {
            _home.Dispose();
        }
    }

    private string Url =>
        JsonDocument
            .Parse(File.ReadAllBytes(Path.Combine(Home, "service.json")))
            .RootElement.GetProperty("url")
            .GetString()!;
}
