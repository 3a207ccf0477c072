using System.Collections;
using System.Globalization;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Jobs;

/// <summary>
/// The variables a command gets: those of the 2018 service, the manifest's own, and of this node only what finding
/// programs and GPUs takes.
/// </summary>
internal static class JobEnvironment
{
    private static readonly string[] FromNode = ["PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH"];
    private static readonly string[] PrefixesFromNode = ["CUDA_", "NVIDIA_"];

    /// <summary>All processes of an attempt inherit it, and those of no other have its value.</summary>
    public const string MarkName = "DOWNWARD_API_POD_NAME";

    public static Dictionary<string, string> Build(
        NodeTask task,
        JobView view,
        PythonPrograms python,
        string gpus,
        string podName,
        string? virtualEnvironment = null
    )
    {
        var variables = OfNode(Environment.GetEnvironmentVariables());
        variables["PATH"] = python.SearchPath(view.Home, variables["PATH"]);
        if (virtualEnvironment is not null)
        {
            variables["VIRTUAL_ENV"] = virtualEnvironment;
            variables["PATH"] = $"{virtualEnvironment}/bin:{variables["PATH"]}";
        }
        return Build(variables, task, view, gpus, podName);
    }

    /// <summary>For a command in an image: what finds programs there is the image's own.</summary>
    public static Dictionary<string, string> BuildForImage(NodeTask task, JobView view, string gpus, string podName) =>
        Build([], task, view, gpus, podName);

    private static Dictionary<string, string> Build(
        Dictionary<string, string> variables,
        NodeTask task,
        JobView view,
        string gpus,
        string podName
    )
    {
        // What a command installs goes to its own home: the mark of a machine's own Python protects nothing here.
        variables["PIP_BREAK_SYSTEM_PACKAGES"] = "1";
        AddUser(variables, view);
        AddTraining(variables, task, view);
        foreach (var (name, value) in task.Env.Where(IsVariable))
        {
            variables[name] = value;
        }
        if (task.SubId is { } subId)
        {
            variables["SUBID"] = subId;
        }
        // Last: neither which GPUs are the command's nor the name its processes are found by is the manifest's to say.
        variables["CUDA_VISIBLE_DEVICES"] = gpus;
        variables[MarkName] = podName;
        return variables;
    }

    /// <summary>Where commands look for programs, their own home left out.</summary>
    public static IReadOnlyList<string> SearchPath(PythonPrograms python)
    {
        var machine = OfNode(Environment.GetEnvironmentVariables())["PATH"].Split(':');
        return python.Folder is { } folder ? [folder, .. machine] : machine;
    }

    /// <summary>The name that all processes of an attempt inherit, and none of any other.</summary>
    public static string PodName(NodeTask task, string node) => $"{task.RunId}-{task.Attempt}-{node}";

    internal static Dictionary<string, string> OfNode(IDictionary environment)
    {
        var variables = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["LANG"] = "C.UTF-8",
        };
        foreach (DictionaryEntry entry in environment)
        {
            var name = (string)entry.Key;
            if (FromNode.Contains(name) || PrefixesFromNode.Any(p => name.StartsWith(p, StringComparison.Ordinal)))
            {
                variables[name] = (string)entry.Value!;
            }
        }
        return variables;
    }

    private static void AddUser(Dictionary<string, string> variables, JobView view)
    {
        variables["HOME"] = view.Home;
        variables["USER"] = "trainer";
        variables["LOGNAME"] = "trainer";
        variables["TMPDIR"] = view.Temporary;
        variables["SHELL"] = "/bin/sh";
        // nvidia-smi counts by bus; CUDA counts by speed unless it is told otherwise.
        variables["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID";
    }

    private static void AddTraining(Dictionary<string, string> variables, NodeTask task, JobView view)
    {
        variables["DATA_DIR"] = view.Data;
        if (task.StreamsData)
        {
            variables["DATA_LISTING"] = Path.Combine(view.Data, ListingFiles.Listing);
            variables["DATA_CA_FILE"] = task.DataAuthorities is null
                ? ""
                : Path.Combine(view.Data, ListingFiles.Authorities);
        }
        variables["RESULT_DIR"] = view.Results;
        variables["RESULT_BUCKET_DIR"] = "";
        variables["CHECKPOINT_DIR"] = task.Checkpoint is { } wanted ? Path.Combine(view.Results, wanted.Path) : "";
        variables["MODEL_DIR"] = view.Model;
        variables["LOG_DIR"] = view.Logs;
        variables["JOB_STATE_DIR"] = view.Job;
        variables["TRAINING_ID"] = task.RunId.ToString();
        variables["TRAINING_COMMAND"] = WrapperText.OneLine(task.Command);
        variables["TRAINING_JOB"] = "";
        variables["GPU_COUNT"] = task.Gpus.ToString("F6", CultureInfo.InvariantCulture);
        variables["NUM_LEARNERS"] = "1";
        variables["LEARNER_ID"] = "1";
        variables["LEARNER_NAME_PREFIX"] = "learner";
        variables["DOWNWARD_API_POD_NAMESPACE"] = "default";
        variables["PYTHONPATH"] = view.Model;
        variables["PYTHONUNBUFFERED"] = "1";
    }

    private static bool IsVariable(KeyValuePair<string, string> pair) =>
        pair.Key.Length > 0 && !pair.Key.Contains('=') && !pair.Key.Contains('\0') && !pair.Value.Contains('\0');
}
