# Lists the files of a folder for a catalogue: a file's name is the name of what it holds, with '_'
# for '-'. algorithms/search/*.cc define `const Algorithm k_<name>` in namespace hone::algorithms,
# algorithms/stopping/*.cc define `const Rule k_<name>`.
function(hone_catalogue folder macro list)
  file(GLOB files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/${folder}
       ${PROJECT_SOURCE_DIR}/${folder}/*.cc)
  set(lines "")
  foreach(file ${files})
    string(REPLACE ".cc" "" name ${file})
    string(APPEND lines "${macro}(${name})\n")
  endforeach()
  file(CONFIGURE OUTPUT ${list} CONTENT "${lines}" @ONLY)
endfunction()
hone_catalogue(algorithms/search HONE_ALGORITHM algorithms/catalogue.inc)
hone_catalogue(algorithms/stopping HONE_RULE algorithms/rule_catalogue.inc)
