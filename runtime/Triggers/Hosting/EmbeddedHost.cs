using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Trainyard.Runtime.Triggers.Settings;
using Trainyard.Runtime.Triggers.State;

namespace Trainyard.Runtime.Triggers.Hosting;

/// <summary>The web application together with the state lock, the address file and readable start failures.</summary>
internal sealed class EmbeddedHost(WebApplication app) : IHost, IAsyncDisposable
{
    private readonly EmbeddedHostSettings _settings = app.Services.GetRequiredService<EmbeddedHostSettings>();

    private bool _isComposed;
    private bool _isListening;

    public IServiceProvider Services => app.Services;

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await StartOrThrowAsync(cancellationToken);
        }
        catch (Exception e) when (_settings.IsProgram && e is not OperationCanceledException)
        {
            StartFailure.Report(e);
            Environment.ExitCode = StartFailure.ExitCode;
            // Run() then ends at once, in order, as after any other stop.
            app.Lifetime.StopApplication();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (_isComposed)
            {
                await app.StopAsync(cancellationToken);
            }
        }
        catch (Exception e) when (_settings.IsProgram && e.GetBaseException() is OperationCanceledException)
        {
            // The stop timed out. Durable work goes on at the next start, as after a crash.
            Console.Error.WriteLine("The service stopped before everything that ran had ended.");
        }
        finally
        {
            if (_isListening)
            {
                Services.GetRequiredService<ServiceFile>().Delete();
            }
        }
    }

    public void Dispose() => ((IDisposable)app).Dispose();

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task StartOrThrowAsync(CancellationToken cancellationToken)
    {
        Services.GetRequiredService<ServiceLock>().Take();
        // Creates the hosted services before the start: if one cannot be created, there is nothing to stop, and the
        // application's own stop would throw.
        _ = Services.GetServices<IHostedService>().Count();
        _isComposed = true;
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw PortInUse(e);
        }
        catch (SocketException e)
        {
            throw PortInUse(e);
        }
        var url = app.Urls.First();
        Services.GetRequiredService<ServiceFile>().Write(url);
        _isListening = true;
        Console.Out.WriteLine($"Listening on {url}");
    }

    private HostStartException PortInUse(Exception e) =>
        new(
            $"Port {_settings.Port} is used by another program; choose another with --port N, or --port 0 for any free one.",
            e
        );
}
