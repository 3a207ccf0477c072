using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Trainyard.Runtime.Triggers.Settings;
using Trainyard.Runtime.Triggers.State;

namespace Trainyard.Runtime.Triggers.Hosting;

/// <summary>The defaults of every embedded host: settings, logging, Kestrel on the loopback address.</summary>
internal static class EmbeddedHostDefaults
{
    private const string EnvironmentVariable = "AZURE_FUNCTIONS_ENVIRONMENT";

    // The time that the servers and the engine have to stop after the functions were cancelled.
    private static readonly TimeSpan StopMargin = TimeSpan.FromSeconds(10);

    public static WebApplicationBuilder CreateWebBuilder(
        EmbeddedHostSettings settings,
        HostFolder folder,
        HostJson hostJson
    )
    {
        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions
            {
                ApplicationName = settings.ApplicationName,
                ContentRootPath = settings.ApplicationFolder,
                EnvironmentName = Environment.GetEnvironmentVariable(EnvironmentVariable) ?? Environments.Production,
            }
        );
        AddConfiguration(builder.Configuration, folder);
        AddLogging(builder, hostJson);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => Configure(options, settings));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.DrainTime + StopMargin);
        return builder;
    }

    private static void AddConfiguration(ConfigurationManager configuration, HostFolder folder)
    {
        try
        {
            configuration.AddJsonFile(folder.SettingsFile, optional: true, reloadOnChange: false);
        }
        catch (InvalidDataException e)
        {
            throw new HostStartException($"{folder.SettingsFile} is not valid JSON: {e.InnerException?.Message}", e);
        }
        configuration.AddEnvironmentVariables();
        // Adapters read the folder from this setting, whatever its source.
        configuration.AddInMemoryCollection([new(HostFolder.Variable, folder.Path)]);
    }

    private static void AddLogging(WebApplicationBuilder builder, HostJson hostJson)
    {
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        builder.Logging.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.TimestampFormat = "HH:mm:ss ";
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Logging.AddFilter("System", LogLevel.Warning);
        // This category logs only failures to start, which StartFailure reports in one sentence instead.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        foreach (var (category, text) in hostJson.Logging.LogLevel)
        {
            if (Enum.TryParse<LogLevel>(text, ignoreCase: true, out var level))
            {
                var isDefault = category.Equals("default", StringComparison.OrdinalIgnoreCase);
                builder.Logging.AddFilter(isDefault ? null : category, level);
            }
        }
    }

    private static void Configure(KestrelServerOptions options, EmbeddedHostSettings settings)
    {
        options.Listen(IPAddress.Loopback, settings.Port);
        options.AddServerHeader = false;
        // Archives and results can have any size; each endpoint that reads a body sets its own limit.
        options.Limits.MaxRequestBodySize = null;
        // A training program may be silent for hours while its output is streamed in or followed.
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
    }
}
