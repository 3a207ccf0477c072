namespace Trainyard.Manifests.Archives.Problems;

/// <summary>The codes of <see cref="ArchiveProblem"/>. They are part of the API: never rename one.</summary>
public static class ArchiveCodes
{
    public const string NotZip = "archive_not_zip";
    public const string Empty = "archive_empty";
    public const string TooLarge = "archive_too_large";
    public const string Damaged = "archive_damaged";
    public const string SeveralVolumes = "archive_several_volumes";
    public const string TooManyEntries = "archive_too_many_entries";
    public const string TotalTooLarge = "archive_total_too_large";
    public const string EntriesOverlap = "archive_entries_overlap";
    public const string EntryOutside = "archive_entry_outside";
    public const string EntryName = "archive_entry_name";
    public const string EntryNameEncoding = "archive_entry_name_encoding";
    public const string EntryNameGuessed = "archive_entry_name_guessed";
    public const string EntryDuplicate = "archive_entry_duplicate";
    public const string EntryCaseCollision = "archive_entry_case_collision";
    public const string EntryFileAndFolder = "archive_entry_file_and_folder";
    public const string EntrySymlink = "archive_entry_symlink";
    public const string EntryDevice = "archive_entry_device";
    public const string EntryEncrypted = "archive_entry_encrypted";
    public const string EntryMethod = "archive_entry_method";
    public const string EntryTooLarge = "archive_entry_too_large";
    public const string EntryRatio = "archive_entry_ratio";
    public const string EntryMismatch = "archive_entry_mismatch";
    public const string MoreProblems = "archive_more_problems";
    public const string MainProgramMissing = "main_program_missing";
}
