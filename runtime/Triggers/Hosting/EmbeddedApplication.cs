using System.Reflection;
using System.Runtime.CompilerServices;

namespace Trainyard.Runtime.Triggers.Hosting;

/// <summary>Starts the composition of a functions app that is its own host.</summary>
public static class EmbeddedApplication
{
    /// <summary>
    /// The app is the assembly that calls this: its functions, and those of the assemblies it
    /// refers to, are run.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static EmbeddedApplicationBuilder CreateBuilder(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var application = Assembly.GetCallingAssembly();
        return StartFailure.ExitOn(() =>
            new EmbeddedApplicationBuilder(EmbeddedHostSettings.ForProgram(args, application))
        );
    }
}
