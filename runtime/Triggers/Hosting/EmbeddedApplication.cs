using System.Reflection;
using System.Runtime.CompilerServices;
using Trainyard.Runtime.Triggers.Settings;

namespace Trainyard.Runtime.Triggers.Hosting;

/// <summary>Starts the composition of a functions app that is its own host.</summary>
public static class EmbeddedApplication
{
    /// <summary>
    /// The app is the assembly that calls this: its functions, and those of the assemblies it
    /// refers to, are run.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="findHome">Finds the folder that keeps the state; an <see cref="IOException"/> says why there is none.</param>
    /// <param name="compose">Adds what the app consists of; a <see cref="HostStartException"/> says why that cannot be.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static EmbeddedApplicationBuilder CreateBuilder(
        string[] args,
        Func<string> findHome,
        Action<EmbeddedApplicationBuilder> compose
    )
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(compose);
        var application = Assembly.GetCallingAssembly();
        return StartFailure.ExitOn(() =>
        {
            var settings = EmbeddedHostSettings.ForProgram(args, Home(findHome), application);
            var builder = new EmbeddedApplicationBuilder(settings);
            compose(builder);
            return builder;
        });
    }

    private static string Home(Func<string> find)
    {
        try
        {
            return find();
        }
        catch (IOException e)
        {
            throw new HostStartException(e.Message, e);
        }
    }
}
