/**
 * GitHub as the source of tasks, as the place where changes land, and as the place where people are told.
 *
 * @module @orchestrator/github
 */
export * as Approval from "./Approval.ts";
export * as Assembly from "./Assembly.ts";
export * as BaseUrl from "./BaseUrl.ts";
export * as BoardStatus from "./BoardStatus.ts";
export * as BranchGuard from "./BranchGuard.ts";
export * as Branches from "./Branches.ts";
export * as DependencyLabels from "./DependencyLabels.ts";
export * as DependencyText from "./DependencyText.ts";
export * as Edges from "./Edges.ts";
export * as FactSource from "./FactSource.ts";
export * as ForeignMarkers from "./ForeignMarkers.ts";
export * as FrontMatter from "./FrontMatter.ts";
export * as GitHubAuth from "./GitHubAuth.ts";
export * as GitHubClient from "./GitHubClient.ts";
export * as GitHubCodeHost from "./GitHubCodeHost.ts";
export * as GitHubConfig from "./GitHubConfig.ts";
export * as GitHubError from "./GitHubError.ts";
export * as GitHubHost from "./GitHubHost.ts";
export * as GitHubPlan from "./GitHubPlan.ts";
export * as GitHubReporter from "./GitHubReporter.ts";
export * as GitHubSource from "./GitHubSource.ts";
export * as IssueFacts from "./IssueFacts.ts";
export * as IssueId from "./IssueId.ts";
export * as IssueSource from "./IssueSource.ts";
export * as LandingOptions from "./LandingOptions.ts";
export * as LandingPolicy from "./LandingPolicy.ts";
export * as Lease from "./Lease.ts";
export * as Ledger from "./Ledger.ts";
export * as Lookups from "./Lookups.ts";
export * as MarkdownText from "./MarkdownText.ts";
export * as Permissions from "./Permissions.ts";
export * as Preflight from "./Preflight.ts";
export * as ProjectSource from "./ProjectSource.ts";
export * as PullRequestChoice from "./PullRequestChoice.ts";
export * as PullRequestOpening from "./PullRequestOpening.ts";
export * as PullRequestText from "./PullRequestText.ts";
export * as PullRequestView from "./PullRequestView.ts";
export * as RateLimits from "./RateLimits.ts";
export * as ReportComment from "./ReportComment.ts";
export * as ReportMarker from "./ReportMarker.ts";
export * as RepositorySurvey from "./RepositorySurvey.ts";
export * as ResponseCache from "./ResponseCache.ts";
export * as RunComment from "./RunComment.ts";
export * as StatusLabels from "./StatusLabels.ts";
export * as StepSummary from "./StepSummary.ts";
export * as TaskFields from "./TaskFields.ts";
export * as Trust from "./Trust.ts";
export * as WriteAccess from "./WriteAccess.ts";
