using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.DurableTask;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trainyard.Runtime.Engine;
using Trainyard.Runtime.Triggers.Durable;
using Trainyard.Runtime.Triggers.Http;
using Trainyard.Runtime.Triggers.Invocation;
using Trainyard.Runtime.Triggers.Settings;
using Trainyard.Runtime.Triggers.State;

namespace Trainyard.Runtime.Triggers.Hosting;

/// <summary>Composes a functions app and the host that runs it, where the real one is a <c>FunctionsApplicationBuilder</c>.</summary>
public sealed class EmbeddedApplicationBuilder : IHostApplicationBuilder, IFunctionsWorkerApplicationBuilder
{
    private readonly WebApplicationBuilder _web;
    private readonly EmbeddedHostSettings _settings;
    private readonly HostFolder _folder;
    private readonly HostJson _hostJson;
    private readonly FunctionPipeline _pipeline = new();
    private readonly DurableTaskRegistry _registry = new();
    private bool _hasBuilt;

    internal EmbeddedApplicationBuilder(EmbeddedHostSettings settings)
    {
        _settings = settings;
        _folder = new HostFolder(settings.Home);
        _hostJson = HostJson.ReadFrom(settings.ApplicationFolder);
        _web = EmbeddedHostDefaults.CreateWebBuilder(settings, _folder, _hostJson);
        // Before everything the app adds: it starts first and stops last.
        Services.AddDurableEngine(_registry, DurableTriggers.OptionsFrom(_folder, _hostJson));
    }

    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)_web).Properties;

    public ConfigurationManager Configuration => _web.Configuration;

    IConfigurationManager IHostApplicationBuilder.Configuration => Configuration;

    public IHostEnvironment Environment => _web.Environment;

    public ILoggingBuilder Logging => _web.Logging;

    public IMetricsBuilder Metrics => _web.Metrics;

    public IServiceCollection Services => _web.Services;

    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory,
        Action<TContainerBuilder>? configure = null
    )
        where TContainerBuilder : notnull => ((IHostApplicationBuilder)_web).ConfigureContainer(factory, configure);

    public IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware)
    {
        ThrowIfBuilt();
        _pipeline.Use(middleware);
        return this;
    }

    /// <summary>Finds the functions and connects them to their triggers.</summary>
    public IHost Build()
    {
        ThrowIfBuilt();
        _hasBuilt = true;
        return _settings.IsProgram ? StartFailure.ExitOn(BuildHost) : BuildHost();
    }

    private EmbeddedHost BuildHost() =>
        EmbeddedHostComposition.Build(_web, _settings, _folder, _hostJson, _pipeline, _registry);

    private void ThrowIfBuilt()
    {
        if (_hasBuilt)
        {
            throw new InvalidOperationException("The application has already been built.");
        }
    }
}
