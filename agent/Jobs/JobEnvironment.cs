using System.Collections;
using System.Globalization;
using Trainyard.Contracts.Agents;

namespace Trainyard.Agent.Jobs;

/// <summary>
/// The variables that a command gets: those of the 2018 service, the manifest's own, and the few of this node that
/// lead to programs and GPUs.
/// </summary>
internal static class JobEnvironment
{
    private static readonly string[] FromNode = ["PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH"];
    private static readonly string[] PrefixesFromNode = ["CUDA_", "NVIDIA_"];

    /// <summary>All processes of an attempt inherit this variable; no other attempt has the same value.</summary>
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

    /// <summary>The variables of a command in an image, which keeps the image's own search path.</summary>
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
        // Commands install packages into their own home, so pip's protection of the machine's Python is not needed.
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
        // Set last: the manifest must not change the command's GPUs, nor the variable that identifies its processes.
        variables["CUDA_VISIBLE_DEVICES"] = gpus;
        variables[MarkName] = podName;
        return variables;
    }

    /// <summary>The folders where commands look for programs, without those of their own home.</summary>
    public static IReadOnlyList<string> SearchPath => OfNode(Environment.GetEnvironmentVariables())["PATH"].Split(':');

    /// <summary>The value that all processes of an attempt inherit, and no other process has.</summary>
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
        // nvidia-smi numbers GPUs by bus; CUDA numbers them by speed unless this variable is set.
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
        variables["NUM_LEARNERS"] = task.Learners.ToString(CultureInfo.InvariantCulture);
        variables["LEARNER_ID"] = task.Learner.ToString(CultureInfo.InvariantCulture);
        variables["LEARNER_NAME_PREFIX"] = "learner";
        variables["DOWNWARD_API_POD_NAMESPACE"] = "default";
        variables["PYTHONPATH"] = view.Model;
        variables["PYTHONUNBUFFERED"] = "1";
    }

    private static bool IsVariable(KeyValuePair<string, string> pair) =>
        pair.Key.Length > 0 && !pair.Key.Contains('=') && !pair.Key.Contains('\0') && !pair.Value.Contains('\0');
}
