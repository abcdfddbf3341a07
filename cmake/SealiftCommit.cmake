# sealift_commit(VARIABLE)
#
# The commit of the source tree, "-dirty" behind it where a tracked file differs; empty in an
# exported tree, also where it lies within somebody else's repository. A function of the source
# alone, so that builds stay reproducible. A new commit configures again.
function(sealift_commit variable)
  set(${variable} "" PARENT_SCOPE)
  find_program(GIT_PROGRAM git)
  if(NOT GIT_PROGRAM OR NOT EXISTS "${PROJECT_SOURCE_DIR}/.git")
    return()
  endif()
  execute_process(
    COMMAND "${GIT_PROGRAM}" describe --always --abbrev=40 --exclude=* --dirty
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  execute_process(
    COMMAND "${GIT_PROGRAM}" rev-parse --path-format=absolute --git-path logs/HEAD
    WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
    OUTPUT_VARIABLE log OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(log AND EXISTS "${log}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${log}")
  endif()
  set(${variable} "${commit}" PARENT_SCOPE)
endfunction()
