using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Trainyard.Agent.Settings;

/// <summary>
/// The settings from the environment and the home's <c>appsettings.json</c>; validated before anything starts.
/// </summary>
internal sealed record AgentSettings(AgentOptions Agent, NodePoolOptions Pool, bool UseProxy)
{
    /// <summary>The pool whose runs the node takes.</summary>
    public string PoolName => Agent.Pool ?? Pool.Name;

    /// <exception cref="OptionsValidationException">A value is out of range.</exception>
    /// <exception cref="InvalidOperationException">A value has the wrong type.</exception>
    public static AgentSettings Load(AgentPaths paths)
    {
        var configuration = new ConfigurationBuilder();
        if (paths.SettingsFile is { } file)
        {
            configuration.AddJsonFile(file, optional: true, reloadOnChange: false);
        }
        return Read(configuration.AddEnvironmentVariables().Build());
    }

    internal static AgentSettings Read(IConfiguration configuration)
    {
        var agent = configuration.GetSection(AgentOptions.SectionName).Get<AgentOptions>() ?? new AgentOptions();
        var pool =
            configuration.GetSection(NodePoolOptions.SectionName).Get<NodePoolOptions>() ?? new NodePoolOptions();
        Check(new AgentOptionsValidator().Validate(null, agent), AgentOptions.SectionName);
        Check(new NodePoolOptionsValidator().Validate(null, pool), NodePoolOptions.SectionName);
        return new AgentSettings(agent, pool, configuration.GetValue<bool>("Stores:UseProxy"));
    }

    private static void Check(ValidateOptionsResult result, string section)
    {
        if (result.Failed)
        {
            throw new OptionsValidationException(section, typeof(AgentSettings), result.Failures);
        }
    }
}
